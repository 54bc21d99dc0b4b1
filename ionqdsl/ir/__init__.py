"""The data that all stages share: angles, gates, rows, parameters, machines and jobs."""
