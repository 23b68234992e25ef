"""Speed, memory and quality, measured side by side with what they are compared to; never in a timed test."""
