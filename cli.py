"""`python cli.py …` from a checkout is the same app as the installed `ballot`."""

from ballot.commands import main

if __name__ == "__main__":
    main()
