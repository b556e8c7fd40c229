"""The trustees' side: their ceremony, the keys they keep, the closed box before them, and who stands in for whom."""
