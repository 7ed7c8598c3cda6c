"""Studies: a scenario at many points, cut into pieces of work that are kept, resumed and spread over machines."""
