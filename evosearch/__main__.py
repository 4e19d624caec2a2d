"""`python -m evosearch` is the command `evosearch`."""

from evosearch.cli import main

main()
