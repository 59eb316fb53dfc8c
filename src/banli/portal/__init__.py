"""What people outside the office see on their own phones: links, no accounts. No tables of its own."""
