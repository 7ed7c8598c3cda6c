"""Lets ``python -m sim`` do what the command ``lotwise`` does."""

from sim.cli import main

if __name__ == "__main__":
    main()
