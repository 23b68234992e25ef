"""Start the service; what a Space runs."""

from scoring.factory import main

if __name__ == "__main__":
    main()
