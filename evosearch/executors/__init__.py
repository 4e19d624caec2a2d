"""Where evaluations run: this machine's cores, or elsewhere."""
