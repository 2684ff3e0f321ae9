"""What stands in the texts of messages."""

#: Stands in a message where the person's own address goes when it leaves; no letter that anybody types.
LINK = "\N{OBJECT REPLACEMENT CHARACTER}"
