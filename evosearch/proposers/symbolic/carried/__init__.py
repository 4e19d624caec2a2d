"""What a searching program carries with it: plain Python whose source is put into programs (`climbing`)."""
