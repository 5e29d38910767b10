"""What every driver is built from: links, supervision, health, errors."""
