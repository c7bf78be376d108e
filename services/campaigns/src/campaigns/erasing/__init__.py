"""An erased person in campaigns: figures stay, the person's number becomes a stand-in and every word goes."""
