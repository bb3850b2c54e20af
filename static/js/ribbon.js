// The handles of the ribbon.
