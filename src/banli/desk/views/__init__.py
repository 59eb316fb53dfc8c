"""One module per screen: fetch, bind, one action, answer."""
