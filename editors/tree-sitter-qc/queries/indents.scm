[(body) (settings) (list) (arguments)] @indent.begin
["}" "]" ")"] @indent.branch
