"""`python -m ballot` is the installed `ballot`."""

from ballot.commands import main

if __name__ == "__main__":
    main()
