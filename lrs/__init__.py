"""The Learning Record Store: statements, documents, agents, activities, credentials.

What the other packages know is the log (`log`), what it gives (`statement`), what it is asked
(`query`) and what is refused (`errors`). Behind it, by the nouns of the field:

http            a request becomes plain data, an answer becomes a response
validation      what the specification says of data
statements      what a statement is, what it says, how it is kept and found
writing         how statements are written: in groups, by many servers at once
attachments     the bytes that come with statements
documents       State, Activity Profile and Agent Profile
metadata        what statements tell of activities and agents
credentials     xAPI clients, their secrets and scopes
aggregation     aggregate queries
transfers       export and import
forwarding      statements on to other record stores

`store` names every collection and index; each folder's own store.py alone reads and writes them.
"""
