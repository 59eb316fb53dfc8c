"""The cashier's room: prices in time, money taken and given back, deposits held, shifts that balance, the ledger."""
