"""The local simulator: runs circuits exactly, with shots or with noise, and holds their results."""
