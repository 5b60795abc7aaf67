"""`python -m shelftalker`."""

from shelftalker.cli import main

main()
