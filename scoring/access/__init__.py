"""Who may enter, and what each may do. Import what is needed from the modules; the core may import `identity` alone."""
