"""The jail: where programs that nobody trusts are run, and what watches them from outside."""
