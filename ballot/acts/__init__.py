"""What people do to an election: a store and values in, one whole transaction, values out.

Commands and sample elections go through here, so both take exactly the same path through the stages.
"""
