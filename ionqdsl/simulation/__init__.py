"""The local machine: circuits played exactly, with shots and with noise, and what comes out of them."""
