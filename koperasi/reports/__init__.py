"""Reports over several storeys: the frozen snapshot of each, and the papers and workbooks made from it."""
