"""What is kept about people until its time is over: what will go, what is held back, and the erasing itself."""
