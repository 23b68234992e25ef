"""Everything between a client's raw tables and an explained decision."""
