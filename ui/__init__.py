"""The faces of Corroborate: the terminal (`ui.cli`) and the page (`ui.web`)."""
