"""The three years after an Assembly: its verified record and the secretary's acts in, who sits where and why out."""
