"""`python -m khata`."""

from khata.cli.main import main

main()
