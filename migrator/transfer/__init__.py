"""Variables, connections and pools from source to target."""
