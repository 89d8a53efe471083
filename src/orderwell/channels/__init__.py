"""Where orders come from. Promises that one channel's reference names one order."""
