"""Language models: clients, the choice among them, prices, and the record of every call."""
