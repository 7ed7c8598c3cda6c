"""What a study shows: charts, and the files that hold them."""
