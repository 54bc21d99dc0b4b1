"""What a circuit is: angles, gates, rows, parameters, machines and jobs. Data that every later stage shares."""
