"""Makes circuits from which errors of a machine can be estimated: folded ones and twirled ones."""
