"""Messages that are not wanted any more: by id, turn, cause or campaign."""
