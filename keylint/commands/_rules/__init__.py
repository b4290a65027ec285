"""The work of `keylint rules`, each part imported only when it is asked for."""
