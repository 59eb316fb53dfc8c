"""`banli backup FILE` and `banli restore FILE`: the database and the data folder's secrets in one encrypted file.

`sealed` is the encryption, `members` the list of files inside it, `dump` the database's part; docs/operating.md says
how an office uses them.
"""
