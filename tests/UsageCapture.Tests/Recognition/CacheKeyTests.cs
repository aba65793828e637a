using UsageCapture.Recognition;

namespace UsageCapture.Tests.Recognition;

public sealed class CacheKeyTests
{
    [Theory]
    [InlineData("https://a.example/x", "https://a.example/x", "", "", false)]
    [InlineData("https://a.example/x?key=secret", "https://a.example/x", "", "", true)]
    [InlineData("https://a.example/x#secret", "https://a.example/x", "", "", false)]
    [InlineData("https://a.example/x#a?version=1", "https://a.example/x", "", "", false)]
    [InlineData("https://a.example/x?version=1#api-version=2", "https://a.example/x", "", "1", true)]
    [InlineData("https://a.example/x?a=b&API-Version=2024%2D1&version=2", "https://a.example/x", "2024%2D1", "2", true)]
    [InlineData("https://a.example/x?api-version2=1&version", "https://a.example/x", "", "", true)]
    [InlineData("https://a.example/x?", "https://a.example/x", "", "", true)]
    [InlineData("?version=1", "", "", "1", true)]
    [InlineData("#secret", "", "", "", false)]
    public void Key_OfAnAddress_HasItsVersionsAndNothingElseOfItsQuery(string url, string address, string apiVersion, string version, bool hasQuery)
    {
        var key = CacheKey.Create(new Uri(url, UriKind.RelativeOrAbsolute));

        Assert.Equal(
            (address, apiVersion, version, hasQuery, false),
            (key.Address.ToString(), key.ApiVersionParameter.ToString(), key.VersionParameter.ToString(), key.HasQuery, key.HasUserInfo));
    }

    [Fact]
    public void Key_OfAnAddressWithAUser_SaysSo() => Assert.True(CacheKey.Create(new Uri("https://user:secret@a.example/x")).HasUserInfo);
}
