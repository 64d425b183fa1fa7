"""Reports: questions about what there is, put as data, answered, saved, sent and watched."""
