[(body) (settings)] @fold
