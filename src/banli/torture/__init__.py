"""The torture: whatever is killed while people work, nothing that was acknowledged is lost, half done or done twice."""
