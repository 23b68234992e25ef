"""A Hugging Face Space: the folder to push, what must hold of it, a trial run of it, and the push."""
