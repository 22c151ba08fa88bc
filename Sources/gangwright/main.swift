print("gangwright")
