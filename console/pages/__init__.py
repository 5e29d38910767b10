"""The pages themselves: NiceGUI elements around the views, and what their buttons ask for."""
